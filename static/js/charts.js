// Draws each chart from the cells of its table with Apache ECharts. No eval, no inline style: canvas, and tips as rich text.
const drawn = new Map();
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function rowsOf(figure) {
  return [...figure.querySelectorAll("tbody tr")].map((row) => ({
    name: row.cells[0].textContent.trim(),
    said: row.cells[1].textContent.trim(),
    value: row.dataset.value === "" ? null : Number(row.dataset.value),
    url: row.querySelector("a")?.href,
  }));
}

function targetOf(figure) {
  if (figure.dataset.target === "") return undefined;
  const label = { color: token("--ink-2"), position: "insideEndTop", formatter: figure.dataset.targetLabel };
  return {
    silent: true, symbol: "none", label,
    lineStyle: { color: token("--amber"), type: "dashed" },
    data: [{ yAxis: Number(figure.dataset.target) }],
  };
}

function option(figure, rows) {
  const bars = figure.dataset.chart === "bar";
  const words = { color: token("--ink-2"), fontFamily: getComputedStyle(document.body).fontFamily };
  const line = { lineStyle: { color: token("--line-2") } };
  const names = {
    type: "category", data: rows.map((row) => row.name), axisLine: line, axisTick: { show: false },
    axisLabel: { ...words, width: bars ? 110 : undefined, overflow: bars ? "break" : "truncate" }, inverse: bars,
  };
  const values = {
    type: "value", splitLine: { lineStyle: { color: token("--line") } },
    axisLabel: { ...words, formatter: `{value}${figure.dataset.mark}` }, minInterval: bars ? 1 : undefined,
  };
  const target = Number(figure.dataset.target || NaN);
  if (!Number.isNaN(target)) values.max = (range) => (range.max < target ? target : null);
  return {
    animation: false,
    grid: { left: 8, right: 24, top: 16, bottom: 8, containLabel: true },
    xAxis: bars ? values : names,
    yAxis: bars ? names : values,
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: token("--surface"), borderColor: token("--line-2"),
      textStyle: { ...words, color: token("--ink") },
      formatter: ({ dataIndex }) => `${rows[dataIndex].name}: ${rows[dataIndex].said}`,
    },
    series: [{
      type: bars ? "bar" : "line", data: rows.map((row) => row.value), barMaxWidth: 22, symbol: "circle", symbolSize: 7,
      itemStyle: { color: token("--data") }, lineStyle: { color: token("--data"), width: 1.5 },
      emphasis: { disabled: true }, markLine: targetOf(figure), cursor: "pointer",
    }],
  };
}

function draw(figure) {
  const rows = rowsOf(figure);
  if (!rows.some((row) => row.value !== null)) return;
  const canvas = figure.querySelector(".plot-canvas");
  let chart = drawn.get(figure);
  if (!chart) {
    canvas.append(document.createElement("div"));
    canvas.firstChild.className = "plot-canvas-inner";
    chart = window.echarts.init(canvas.firstChild, null, { renderer: "canvas", height: 220 });
    chart.on("click", ({ dataIndex }) => { if (rows[dataIndex].url) location.assign(rows[dataIndex].url); });
    new ResizeObserver(() => chart.resize()).observe(canvas);
    drawn.set(figure, chart);
  }
  chart.setOption(option(figure, rows), true);
}

const all = () => document.querySelectorAll("figure[data-chart]").forEach(draw);
all();
document.fonts?.ready.then(all); // measured again with the product's own figures
for (const query of ["(prefers-color-scheme: dark)", "print"]) matchMedia(query).addEventListener("change", all);
new MutationObserver(all).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });

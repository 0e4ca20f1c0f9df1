-- Figures over all firms for /metrics: numbers only, no firm, no person, no record. A definer function, since row security
-- keeps the application's role within one firm; it takes nothing and gives nothing but these counts.
CREATE OR REPLACE FUNCTION fleet_figures() RETURNS TABLE (figure text, kind text, state text, value double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH open_jobs AS (
    SELECT o.kind::text AS kind, o.due_at,
           CASE WHEN o.dead THEN 'dead' WHEN o.held OR f.suspended_at IS NOT NULL THEN 'held'
                WHEN o.started_at IS NOT NULL THEN 'running' WHEN o.due_at > now() AND o.attempts = 0 THEN 'later'
                WHEN o.attempts > 0 THEN 'retrying' ELSE 'waiting' END AS state
    FROM outbox o LEFT JOIN firms f ON f.id = o.firm_id WHERE o.finished_at IS NULL
  )
  SELECT 'jobs', kind, state, count(*)::double precision FROM open_jobs GROUP BY kind, state
  UNION ALL
  SELECT 'jobs_oldest', kind, '', greatest(extract(epoch FROM now() - min(due_at)), 0)::double precision
  FROM open_jobs WHERE state IN ('waiting', 'running', 'retrying') GROUP BY kind
  UNION ALL
  SELECT 'deliveries', channel::text, status::text, count(*)::double precision
  FROM deliveries WHERE status IN ('queued', 'sending', 'uncertain', 'failed') GROUP BY channel, status
  UNION ALL
  SELECT 'deliveries_oldest', '', '', greatest(extract(epoch FROM now() - min(created_at)), 0)::double precision
  FROM deliveries WHERE status IN ('queued', 'sending', 'uncertain') HAVING count(*) > 0
  UNION ALL
  SELECT 'sessions', '', '', count(*)::double precision
  FROM sessions WHERE ended_at IS NULL AND seen_at > now() - interval '12 hours'
  UNION ALL
  SELECT 'firms', firms.kind::text, CASE WHEN closed_at IS NOT NULL THEN 'closed'
                                         WHEN suspended_at IS NOT NULL THEN 'suspended' ELSE 'open' END,
         count(*)::double precision FROM firms GROUP BY 2, 3
  UNION ALL
  SELECT 'backup_behind', '', '', pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::double precision
  FROM pg_replication_slots WHERE slot_name = 'saas_backup' AND NOT pg_is_in_recovery()
  UNION ALL
  SELECT 'backup_streams', '', '', count(*) FILTER (WHERE active)::double precision
  FROM pg_replication_slots WHERE slot_name = 'saas_backup'
  UNION ALL
  SELECT 'server_connections', '', '', count(*)::double precision FROM pg_stat_activity
  UNION ALL
  SELECT 'server_connections_most', '', '', current_setting('max_connections')::double precision
$$;
REVOKE ALL ON FUNCTION fleet_figures() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fleet_figures() TO qz_app;

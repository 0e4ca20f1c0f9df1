"""What training contributes to the product."""

from saas.kernel.module import Module
from saas.kernel.standing import provide_qualifications
from saas.training import course_module, duty_module, models
from saas.training.duty_proof import proved
from saas.training.gates.standing import standing_of

provide_qualifications(standing_of)

MODULE = Module(
    "training",
    tables=models,
    routes=[*course_module.ROUTES, *duty_module.ROUTES],
    grants=[*course_module.GRANTS, *duty_module.GRANTS],
    navigation=course_module.NAVIGATION,
    jobs=[*course_module.JOBS, *duty_module.JOBS],
    schedules=[*course_module.SCHEDULES, *duty_module.SCHEDULES],
    reactions=[*course_module.REACTIONS, *duty_module.REACTIONS],
    emits=["training.passed", "training.failed", "training.published"],
    holdings=[*duty_module.HOLDINGS],
    deeds={**course_module.DEEDS, **duty_module.DEEDS},
    settings=[*duty_module.SETTINGS],
    panels={**course_module.PANELS, **duty_module.PANELS},
    duties=[proved],
    guards="guards.sql",
)

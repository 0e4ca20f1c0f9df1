"""What training contributes to the product."""

from saas.kernel.module import Module
from saas.kernel.standing import provide_qualifications
from saas.training import duty_module, models
from saas.training.gates.standing import standing_of

provide_qualifications(standing_of)

MODULE = Module(
    "training",
    tables=models,
    jobs=[*duty_module.JOBS],
    schedules=[*duty_module.SCHEDULES],
    reactions=[*duty_module.REACTIONS],
    emits=["training.passed", "training.failed", "training.published"],
    holdings=[*duty_module.HOLDINGS],
    deeds={**duty_module.DEEDS},
    guards="guards.sql",
)

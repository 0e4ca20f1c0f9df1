"""What training contributes to the product."""

from saas.kernel.module import Module
from saas.kernel.standing import provide_qualifications
from saas.training import models
from saas.training.gates.standing import standing_of

provide_qualifications(standing_of)

MODULE = Module("training", tables=models)

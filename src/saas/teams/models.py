"""The tables of teams, each in its room."""

from saas.teams.cover.cover_models import Cover
from saas.teams.handover.handover_models import Handover, HandoverLine
from saas.teams.helping.help_models import Help
from saas.teams.raci.raci_models import Duty
from saas.teams.skills.skill_models import Skill, SkillMark
from saas.teams.spirit.spirit_models import Goal, Thanks

__all__ = ["Cover", "Duty", "Goal", "Handover", "HandoverLine", "Help", "Skill", "SkillMark", "Thanks"]

"""The tables of training, for both halves of the module: what is taught and sat, and who has to.

What is taught (course_models):   courses, course_versions, course_lessons, course_questions, course_files
What is sat (exam_models):        lesson_reads, exam_attempts, exam_items, exam_reopenings, certificates
Who has to (duty_models):         course_assignments, team_sessions, session_attendances, credit_entries, training_plan,
                                  course_gates; talks scored in sessions (sessions.roleplay_models): role_plays

A published version and all that hangs on it never change (guards.sql); an attempt names questions of its own version.
At most one draft version a course, one open attempt and one open assignment a member and course (partial indexes).
Texts of courses are {"zh": …, "en": …}; `saas.training.wording.said(texts)` is the reader's.

The engine (courses, lessons, exams, vouchers, certificates) gives:
  loading.begin(session)                              the job "training.begin": courses of the starter, idempotent
  queries.published(session)                          [(Course, CourseVersion)] that can be assigned, by topic and title
  queries.version_of(session, course_id)              the version in force
  queries.certificate_of(session, member_id, course_id, on)   the certificate valid on that day, the latest, or None
  certifying.issue(session, attempt, version, now)    the Certificate row, in the hand-in's transaction
and tells, in the transaction of the deed:
  "training.passed"     row: Certificate              settle the assignment, book the credit hours
  "training.failed"     row: Attempt
  "training.published"  row: CourseVersion            a new version is in force (also once for each starter course)

Assignment (assigning, matrix, sessions, credits, gates) gives:
  assigning.assign.assign(session, member_id, course_key, why, source_id, now)   for other modules; the open row
  assigning.assign.assign_many(session, course, member_ids, why, now, …)         ids of the new rows; few statements
  assigning.queries.due_of(session, member_id)        [Assignment] open ones, the earliest due first (My courses)
  credits.ledger.of_member(session, member_id, year)  credits earned, professional and general
  gates.standing.standing_of(session, actor, day)     what counts for a member: no Qualification rows are written
"""

from saas.training.course_models import Course, CourseFile, CourseVersion, Lesson, Question
from saas.training.duty_models import Assignment, Attendance, CreditEntry, Gate, PlanItem, TeamSession
from saas.training.exam_models import Attempt, Certificate, ExamItem, LessonRead, Reopening
from saas.training.sessions.roleplay_models import RolePlay

__all__ = [
    "Assignment",
    "Attempt",
    "Attendance",
    "Certificate",
    "Course",
    "CourseFile",
    "CourseVersion",
    "CreditEntry",
    "ExamItem",
    "Gate",
    "Lesson",
    "LessonRead",
    "PlanItem",
    "Question",
    "Reopening",
    "RolePlay",
    "TeamSession",
]

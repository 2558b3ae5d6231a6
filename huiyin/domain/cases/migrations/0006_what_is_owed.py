"""Fill the column for every open case, some thousand at a time so that nobody waits for the rows of all."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

AT_ONCE = 5_000
# What ran, or broke and was not made up for since: as `queries.py` says it.
FILL = """
UPDATE cases_case AS kept SET owed_at = next.due FROM (
    SELECT due_of.id, (
        SELECT min(owed.due) FROM promises_promise AS owed
        WHERE owed.matter_id = due_of.matter_id AND owed.obligor = 'us' AND (
            owed.state IN ('running', 'paused')
            OR owed.state = 'broken' AND (
                owed.kind = 'result'
                OR owed.kind = 'first_answer' AND due_of.answered_at IS NULL
                OR owed.kind IN ('remedy', 'manual_task') AND EXISTS (
                    SELECT 1 FROM orders_remedy AS remedy WHERE remedy.matter_id = owed.matter_id
                    AND remedy.state IN ('requested', 'approved', 'executing', 'needs_person'))
            ) AND NOT EXISTS (
                SELECT 1 FROM promises_promise AS newer
                WHERE newer.matter_id = owed.matter_id AND newer.kind = owed.kind AND newer.id > owed.id)
        )
    ) AS due FROM cases_case AS due_of WHERE due_of.id BETWEEN %s AND %s AND NOT due_of.state = 'closed'
) AS next WHERE kept.id = next.id AND next.due IS NOT NULL AND NOT kept.owed_at = next.due
"""


def fill(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    last = apps.get_model("cases", "Case").objects.order_by("pk").values_list("pk", flat=True).last() or 0
    with editor.connection.cursor() as cursor:
        for first in range(1, last + 1, AT_ONCE):
            cursor.execute(FILL, [first, first + AT_ONCE - 1])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("cases", "0005_case_owed_at"), ("promises", "0001_initial"), ("orders", "0001_initial"),
    ]  # fmt: skip

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

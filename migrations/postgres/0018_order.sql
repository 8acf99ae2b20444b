-- Within a level, what belongs there comes before what a missed deadline raised into it: the lists' one order anew.
DROP INDEX queue;
CREATE INDEX queue ON cases (hotline_id, level, flagger_rank, raised, deadline, received_at, id)
    WHERE holder_id IS NULL AND NOT is_collapsed AND state IN ('received', 'in_review', 'reopened', 'appealed');
DROP INDEX cases_in_hands;
CREATE INDEX cases_in_hands ON cases (hotline_id, level, flagger_rank, raised, deadline, received_at, id)
    WHERE holder_id IS NOT NULL;
DROP INDEX cases_waiting;
CREATE INDEX cases_waiting ON cases (hotline_id, level, flagger_rank, raised, deadline, received_at, id)
    WHERE state IN ('waiting_for_reporter', 'waiting_for_providers');
-- What the worker raises next: of every hotline, what is late and was not raised.
CREATE INDEX cases_to_raise ON cases (deadline, id)
    WHERE holder_id IS NULL AND NOT is_collapsed AND level = 3 AND NOT raised
        AND state IN ('received', 'in_review', 'reopened', 'appealed');
-- How many are due soon, whatever their level.
CREATE INDEX queue_due ON cases (hotline_id, deadline)
    WHERE holder_id IS NULL AND NOT is_collapsed AND state IN ('received', 'in_review', 'reopened', 'appealed');
-- Of what is the same, the newest: without reading all of it.
DROP INDEX fingerprint_by_value;
CREATE INDEX fingerprint_by_value ON fingerprint (algorithm, value, item_id);
DROP INDEX answer_by_lookup;
CREATE INDEX answer_by_lookup ON answer (lookup, case_id) WHERE lookup IS NOT NULL;

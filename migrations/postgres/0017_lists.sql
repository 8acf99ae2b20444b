-- The lists of cases in somebody's hands, and of those that wait for an answer, in their order: each page and each count reads
-- only these, however many cases there are.
CREATE INDEX cases_in_hands ON cases (hotline_id, level, flagger_rank, deadline, received_at, id)
    WHERE holder_id IS NOT NULL;
CREATE INDEX cases_waiting ON cases (hotline_id, level, flagger_rank, deadline, received_at, id)
    WHERE state IN ('waiting_for_reporter', 'waiting_for_providers');

-- Search: cases newest first by what stands beside them; each index ends with the case, so that a page of any of them
-- costs the same however many there are.
DROP INDEX item_by_lookup;
CREATE INDEX item_by_lookup ON item (lookup, case_id) WHERE lookup IS NOT NULL;
CREATE INDEX item_by_domain ON item (domain, case_id) WHERE domain IS NOT NULL;
CREATE INDEX item_by_provider ON item (provider_id, case_id) WHERE provider_id IS NOT NULL;
CREATE INDEX label_by_label ON label (label, case_id);
CREATE INDEX cases_by_flagger ON cases (flagger_id, id) WHERE flagger_id IS NOT NULL;
CREATE INDEX cases_by_hotline ON cases (hotline_id, id);

-- A list an analyst comes back to: a page and its filters, never what was typed to search for.
CREATE TABLE saved_view (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    staff_id UUID NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    is_shared BOOLEAN NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX saved_view_by_staff ON saved_view (staff_id, name);
CREATE INDEX saved_view_shared ON saved_view (organisation_id, name) WHERE is_shared;

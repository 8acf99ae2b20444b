-- Teams of a hotline: who is given a case first. Who may read it is not theirs to say.
CREATE TABLE team (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (organisation_id, name)
);
CREATE TABLE team_member (
    team_id UUID NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    staff_id UUID NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    PRIMARY KEY (team_id, staff_id)
);
CREATE INDEX team_member_by_staff ON team_member (staff_id);

-- What else a rule may ask, and the team it leads to.
ALTER TABLE routing_rule ADD COLUMN provider_id UUID REFERENCES organisation (id) ON DELETE CASCADE;
ALTER TABLE routing_rule ADD COLUMN host_country TEXT;
ALTER TABLE routing_rule ADD COLUMN source_id UUID REFERENCES organisation (id) ON DELETE CASCADE;
ALTER TABLE routing_rule ADD COLUMN team_id UUID REFERENCES team (id) ON DELETE SET NULL;

-- Where a link's host is, as far as the operator's table knows.
ALTER TABLE item ADD COLUMN host_country TEXT;

-- The team a case is for, and how it came there, as JSON: the rule and its place, or that none fitted.
ALTER TABLE cases ADD COLUMN team_id UUID REFERENCES team (id) ON DELETE SET NULL;
ALTER TABLE cases ADD COLUMN routed TEXT;
-- Rules there were, and none fitted: the default hotline has it.
ALTER TABLE cases ADD COLUMN is_unrouted BOOLEAN NOT NULL DEFAULT FALSE;

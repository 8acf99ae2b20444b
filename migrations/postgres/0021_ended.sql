-- The claims that have ended, by when: what is forgotten after a while is found without reading every claim.
CREATE INDEX claim_ended ON claim (ended_at) WHERE ended_at IS NOT NULL;

-- Ended claims too: a video's frames stay as long as any claim holds them.
DROP INDEX claim_by_value;
CREATE INDEX claim_by_value ON claim (algorithm, value);

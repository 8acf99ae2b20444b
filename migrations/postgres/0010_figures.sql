-- Calendar quarters (as 2026-Q3) whose figures are public. Each was counted once, after it had ended, and stays as it is:
-- what is erased later can't be told from the difference between two readings.
CREATE TABLE published_quarter (
    quarter TEXT PRIMARY KEY,
    published_at TIMESTAMPTZ NOT NULL
);

-- What the public sees of them, and nothing else: a number that is not shown is not kept either (NULL).
CREATE TABLE published_number (
    quarter TEXT NOT NULL REFERENCES published_quarter (quarter),
    breakdown TEXT NOT NULL CHECK (breakdown IN ('harm', 'ending', 'services')),
    part TEXT NOT NULL,
    number BIGINT,
    PRIMARY KEY (quarter, breakdown, part)
);

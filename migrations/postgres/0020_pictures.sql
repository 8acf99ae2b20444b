-- All pictures in the order they came: read on from where one was, not all of them each time.
CREATE INDEX fingerprint_in_order ON fingerprint (algorithm, id);

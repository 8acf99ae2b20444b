-- Buttons pressed: a form sent twice does its work once. digest: of the form's own number and all that was typed, which
-- without that number tells nothing.
CREATE TABLE press (
    digest BLOB PRIMARY KEY,
    pressed_at TEXT NOT NULL
) STRICT;
CREATE INDEX press_by_time ON press (pressed_at);

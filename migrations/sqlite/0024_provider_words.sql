-- What a provider wrote on the page of its link, sealed to the case's second pair: an analyst reads it before a child does.
ALTER TABLE notice ADD COLUMN sealed_provider_words BLOB;

-- The key that files under a provisioning token go out encrypted with, sealed to the provisioner; none: they go out plain.
-- It ends with its token: another enrolment is another key.
ALTER TABLE phone_tokens ADD COLUMN file_key BLOB CHECK (file_key IS NULL OR kind = 'provisioning');

-- The journal entry of an instruction: what a delta outweighs goes by the order of acceptance, for clocks are set back.
ALTER TABLE instructions ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;

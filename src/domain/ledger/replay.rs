//! What the entries add up to: the newest evidence, the exclusions in force, the room as it last stood.

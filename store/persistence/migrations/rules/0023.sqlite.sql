-- foreign_digests_are_never_deleted
CREATE TRIGGER foreign_digests_are_never_deleted BEFORE DELETE ON foreign_digests BEGIN SELECT RAISE(ABORT, 'a value is brought along once'); END
-- foreign_digests_are_never_updated
CREATE TRIGGER foreign_digests_are_never_updated BEFORE UPDATE ON foreign_digests BEGIN SELECT RAISE(ABORT, 'a value is brought along once'); END
-- foreign_digests_are_never_replaced
CREATE TRIGGER foreign_digests_are_never_replaced BEFORE INSERT ON foreign_digests WHEN EXISTS (SELECT 1 FROM foreign_digests WHERE digest = NEW.digest) BEGIN SELECT RAISE(ABORT, 'a value is brought along once'); END

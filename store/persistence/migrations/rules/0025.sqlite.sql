-- foreign_digests_are_never_updated
CREATE TRIGGER foreign_digests_are_never_updated BEFORE UPDATE ON foreign_digests WHEN NEW.digest IS NOT OLD.digest OR NEW.workspace_id IS NOT OLD.workspace_id OR NEW.key_id IS NOT OLD.key_id OR NEW.hash IS NOT OLD.hash OR NEW.guard IS NOT OLD.guard OR OLD.guard IS NULL OR OLD.arrived IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a value is brought along once'); END

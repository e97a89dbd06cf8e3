-- keys_keep_their_identity
CREATE TRIGGER keys_keep_their_identity BEFORE UPDATE ON keys WHEN NEW.id IS NOT OLD.id OR NEW.workspace_id IS NOT OLD.workspace_id OR NEW.created_at IS NOT OLD.created_at OR NEW.created_by IS NOT OLD.created_by OR NEW.lineage IS NOT OLD.lineage BEGIN SELECT RAISE(ABORT, 'a key''s identity is fixed'); END

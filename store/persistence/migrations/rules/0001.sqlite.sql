-- keys_are_never_deleted
CREATE TRIGGER keys_are_never_deleted BEFORE DELETE ON keys BEGIN SELECT RAISE(ABORT, 'keys are never deleted'); END
-- keys_are_never_replaced
CREATE TRIGGER keys_are_never_replaced BEFORE INSERT ON keys WHEN EXISTS (SELECT 1 FROM keys WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'a key id is given once'); END
-- keys_stay_revoked
CREATE TRIGGER keys_stay_revoked BEFORE UPDATE ON keys WHEN OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NOT OLD.revoked_at OR NEW.revoked_by IS NOT OLD.revoked_by) BEGIN SELECT RAISE(ABORT, 'a revocation is final'); END
-- keys_keep_their_identity
CREATE TRIGGER keys_keep_their_identity BEFORE UPDATE ON keys WHEN NEW.id IS NOT OLD.id OR NEW.workspace_id IS NOT OLD.workspace_id OR NEW.created_at IS NOT OLD.created_at OR NEW.created_by IS NOT OLD.created_by BEGIN SELECT RAISE(ABORT, 'a key''s identity is fixed'); END
-- keys_keep_a_confirmed_secret
CREATE TRIGGER keys_keep_a_confirmed_secret BEFORE UPDATE ON keys WHEN NEW.digest IS NOT OLD.digest AND (OLD.confirmed_at IS NOT NULL OR OLD.revoked_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'a confirmed key keeps its secret'); END
-- audit_is_never_updated
CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
-- audit_is_never_deleted
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
-- audit_is_never_replaced
CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id OR (workspace_id = NEW.workspace_id AND seq = NEW.seq)) BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
-- revision_only_rises
CREATE TRIGGER revision_only_rises BEFORE UPDATE ON revision WHEN NEW.value < OLD.value OR NEW.id <> OLD.id BEGIN SELECT RAISE(ABORT, 'the revision only rises'); END
-- revision_stays
CREATE TRIGGER revision_stays BEFORE DELETE ON revision BEGIN SELECT RAISE(ABORT, 'the revision only rises'); END

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
-- connections_are_never_deleted
CREATE TRIGGER connections_are_never_deleted BEFORE DELETE ON connections BEGIN SELECT RAISE(ABORT, 'connections are never deleted'); END
-- connections_are_never_replaced
CREATE TRIGGER connections_are_never_replaced BEFORE INSERT ON connections WHEN EXISTS (SELECT 1 FROM connections WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'a connection''s id is given once'); END
-- connections_stay_revoked
CREATE TRIGGER connections_stay_revoked BEFORE UPDATE ON connections WHEN OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NOT OLD.revoked_at OR NEW.revoked_by IS NOT OLD.revoked_by) BEGIN SELECT RAISE(ABORT, 'a revocation is final'); END
-- connections_keep_their_identity
CREATE TRIGGER connections_keep_their_identity BEFORE UPDATE ON connections WHEN NEW.id IS NOT OLD.id OR NEW.workspace_id IS NOT OLD.workspace_id OR NEW.client_id IS NOT OLD.client_id OR NEW.resource IS NOT OLD.resource OR NEW.created_at IS NOT OLD.created_at OR NEW.approved_by IS NOT OLD.approved_by BEGIN SELECT RAISE(ABORT, 'a connection''s identity is fixed'); END
-- audit_is_never_updated
CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
-- audit_is_never_deleted
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
-- audit_is_never_replaced
CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id OR (workspace_id = NEW.workspace_id AND seq = NEW.seq)) BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
-- audit_counts_by_one
CREATE TRIGGER audit_counts_by_one BEFORE INSERT ON audit WHEN NEW.seq IS NULL OR NEW.seq < 1 OR (NEW.seq > 1 AND NOT EXISTS (SELECT 1 FROM audit WHERE workspace_id = NEW.workspace_id AND seq = NEW.seq - 1)) BEGIN SELECT RAISE(ABORT, 'the audit counts by one'); END
-- revision_only_rises
CREATE TRIGGER revision_only_rises BEFORE UPDATE ON revision WHEN NEW.value < OLD.value OR NEW.value > OLD.value + 1 OR NEW.id <> OLD.id BEGIN SELECT RAISE(ABORT, 'the revision only rises, by one'); END
-- revision_stays
CREATE TRIGGER revision_stays BEFORE DELETE ON revision BEGIN SELECT RAISE(ABORT, 'the revision only rises'); END
-- changes_are_of_this_revision
CREATE TRIGGER changes_are_of_this_revision BEFORE INSERT ON changes WHEN NEW.revision <> (SELECT value FROM revision) BEGIN SELECT RAISE(ABORT, 'a change is noted down when it is made'); END
-- changes_are_kept_for_verifiers
CREATE TRIGGER changes_are_kept_for_verifiers BEFORE DELETE ON changes WHEN OLD.revision > (SELECT value FROM revision) - 10000 BEGIN SELECT RAISE(ABORT, 'a change stays until every verifier has heard of it'); END

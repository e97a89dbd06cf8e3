-- connections_are_never_deleted
CREATE TRIGGER connections_are_never_deleted BEFORE DELETE ON connections BEGIN SELECT RAISE(ABORT, 'connections are never deleted'); END
-- connections_are_never_replaced
CREATE TRIGGER connections_are_never_replaced BEFORE INSERT ON connections WHEN EXISTS (SELECT 1 FROM connections WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'a connection''s id is given once'); END
-- connections_stay_revoked
CREATE TRIGGER connections_stay_revoked BEFORE UPDATE ON connections WHEN OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NOT OLD.revoked_at OR NEW.revoked_by IS NOT OLD.revoked_by) BEGIN SELECT RAISE(ABORT, 'a revocation is final'); END
-- connections_keep_their_identity
CREATE TRIGGER connections_keep_their_identity BEFORE UPDATE ON connections WHEN NEW.id IS NOT OLD.id OR NEW.workspace_id IS NOT OLD.workspace_id OR NEW.client_id IS NOT OLD.client_id OR NEW.resource IS NOT OLD.resource OR NEW.created_at IS NOT OLD.created_at OR NEW.approved_by IS NOT OLD.approved_by BEGIN SELECT RAISE(ABORT, 'a connection''s identity is fixed'); END

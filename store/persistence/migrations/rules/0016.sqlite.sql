-- keys_tell
CREATE TRIGGER keys_tell AFTER UPDATE ON keys WHEN NEW.id IS NOT OLD.id OR NEW.name IS NOT OLD.name OR NEW.digest IS NOT OLD.digest OR NEW.pepper IS NOT OLD.pepper OR NEW.scopes IS NOT OLD.scopes OR NEW.expires_at IS NOT OLD.expires_at OR NEW.revoked_at IS NOT OLD.revoked_at BEGIN UPDATE revision SET changed_rows = changed_rows + 1; END
-- connections_tell
CREATE TRIGGER connections_tell AFTER UPDATE ON connections WHEN NEW.id IS NOT OLD.id OR NEW.name IS NOT OLD.name OR NEW.resource IS NOT OLD.resource OR NEW.scopes IS NOT OLD.scopes OR NEW.expires_at IS NOT OLD.expires_at OR NEW.revoked_at IS NOT OLD.revoked_at BEGIN UPDATE revision SET changed_rows = changed_rows + 1; END
-- access_tokens_tell
CREATE TRIGGER access_tokens_tell AFTER UPDATE ON access_tokens WHEN NEW.id IS NOT OLD.id OR NEW.digest IS NOT OLD.digest OR NEW.pepper IS NOT OLD.pepper OR NEW.expires_at IS NOT OLD.expires_at BEGIN UPDATE revision SET changed_rows = changed_rows + 1; END
-- access_tokens_deleted_tell
CREATE TRIGGER access_tokens_deleted_tell AFTER DELETE ON access_tokens WHEN OLD.expires_at > CAST(strftime('%s', 'now') AS integer) * 1000 BEGIN UPDATE revision SET changed_rows = changed_rows + 1; END
-- workspaces_tell
CREATE TRIGGER workspaces_tell AFTER UPDATE ON workspaces WHEN NEW.slug IS NOT OLD.slug OR NEW.plan IS NOT OLD.plan BEGIN UPDATE revision SET changed_rows = changed_rows + 1; END
-- settings_tell
CREATE TRIGGER settings_tell AFTER UPDATE ON settings WHEN NEW.prefix IS NOT OLD.prefix OR NEW.restored_at IS NOT OLD.restored_at BEGIN UPDATE revision SET changed_rows = changed_rows + 1; END
-- access_tokens_replaced_tell
CREATE TRIGGER access_tokens_replaced_tell BEFORE INSERT ON access_tokens WHEN EXISTS (SELECT 1 FROM access_tokens WHERE id = NEW.id) BEGIN UPDATE revision SET changed_rows = changed_rows + 1; END
-- workspaces_inserted_tell
CREATE TRIGGER workspaces_inserted_tell AFTER INSERT ON workspaces BEGIN UPDATE revision SET changed_rows = changed_rows + 1; END
-- workspaces_deleted_tell
CREATE TRIGGER workspaces_deleted_tell AFTER DELETE ON workspaces BEGIN UPDATE revision SET changed_rows = changed_rows + 1; END

-- stops_inserted_tell
CREATE TRIGGER stops_inserted_tell AFTER INSERT ON stops BEGIN UPDATE revision SET changed_rows = changed_rows + 1; INSERT OR REPLACE INTO changed_subjects (number, subject) SELECT changed_rows, CASE WHEN NEW.kind = 'key' THEN NEW.value ELSE '' END FROM revision; DELETE FROM changed_subjects WHERE number <= (SELECT changed_rows FROM revision) - 1000; END
-- stops_deleted_tell
CREATE TRIGGER stops_deleted_tell AFTER DELETE ON stops BEGIN UPDATE revision SET changed_rows = changed_rows + 1; INSERT OR REPLACE INTO changed_subjects (number, subject) SELECT changed_rows, CASE WHEN OLD.kind = 'key' THEN OLD.value ELSE '' END FROM revision; DELETE FROM changed_subjects WHERE number <= (SELECT changed_rows FROM revision) - 1000; END
-- stops_changed_tell
CREATE TRIGGER stops_changed_tell AFTER UPDATE ON stops BEGIN UPDATE revision SET changed_rows = changed_rows + 1; INSERT OR REPLACE INTO changed_subjects (number, subject) SELECT changed_rows, '' FROM revision; DELETE FROM changed_subjects WHERE number <= (SELECT changed_rows FROM revision) - 1000; END

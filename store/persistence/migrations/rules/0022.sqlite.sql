-- routes_inserted_tell
CREATE TRIGGER routes_inserted_tell AFTER INSERT ON routes BEGIN UPDATE revision SET changed_rows = changed_rows + 1; INSERT OR REPLACE INTO changed_subjects (number, subject) SELECT changed_rows, '' FROM revision; DELETE FROM changed_subjects WHERE number <= (SELECT changed_rows FROM revision) - 1000; END
-- routes_deleted_tell
CREATE TRIGGER routes_deleted_tell AFTER DELETE ON routes BEGIN UPDATE revision SET changed_rows = changed_rows + 1; INSERT OR REPLACE INTO changed_subjects (number, subject) SELECT changed_rows, '' FROM revision; DELETE FROM changed_subjects WHERE number <= (SELECT changed_rows FROM revision) - 1000; END
-- routes_changed_tell
CREATE TRIGGER routes_changed_tell AFTER UPDATE ON routes BEGIN UPDATE revision SET changed_rows = changed_rows + 1; INSERT OR REPLACE INTO changed_subjects (number, subject) SELECT changed_rows, '' FROM revision; DELETE FROM changed_subjects WHERE number <= (SELECT changed_rows FROM revision) - 1000; END

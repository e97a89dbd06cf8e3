-- tool_documents_inserted_tell
CREATE TRIGGER tool_documents_inserted_tell AFTER INSERT ON tool_documents BEGIN UPDATE revision SET changed_rows = changed_rows + 1; INSERT OR REPLACE INTO changed_subjects (number, subject) SELECT changed_rows, '' FROM revision; DELETE FROM changed_subjects WHERE number <= (SELECT changed_rows FROM revision) - 1000; END
-- tool_documents_deleted_tell
CREATE TRIGGER tool_documents_deleted_tell AFTER DELETE ON tool_documents BEGIN UPDATE revision SET changed_rows = changed_rows + 1; INSERT OR REPLACE INTO changed_subjects (number, subject) SELECT changed_rows, '' FROM revision; DELETE FROM changed_subjects WHERE number <= (SELECT changed_rows FROM revision) - 1000; END
-- tool_documents_changed_tell
CREATE TRIGGER tool_documents_changed_tell AFTER UPDATE ON tool_documents BEGIN UPDATE revision SET changed_rows = changed_rows + 1; INSERT OR REPLACE INTO changed_subjects (number, subject) SELECT changed_rows, '' FROM revision; DELETE FROM changed_subjects WHERE number <= (SELECT changed_rows FROM revision) - 1000; END

"""What an admin does: dialog, mutation, result. A flow a function, by what it does.

Every flow is a worker of the App. A worker of a dialog would be cancelled with it while its thread
runs on; the secret of a key already committed would be lost.
"""

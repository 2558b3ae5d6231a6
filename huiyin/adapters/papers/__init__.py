"""Papers people keep: receipt, letter and result as PDF, and the dossier that anybody can verify."""

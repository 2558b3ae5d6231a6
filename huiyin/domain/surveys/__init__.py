"""How it was, in the buyer's words: one question paper when a case ends (HL8)."""

"""What was said in recorded calls, as text: who said it when, without long numbers, gone with the recording."""

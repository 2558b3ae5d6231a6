"""Text that is heard: prompts as data, spoken by espeak-ng, replaced by recordings where there are any."""

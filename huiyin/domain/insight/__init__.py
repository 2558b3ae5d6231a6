"""What we learn: figures from the rows of the subjects below, and links to the screen on the wall."""

"""Mail out, through Django's mail backend."""

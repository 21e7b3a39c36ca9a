"""What do pages ask of syntheses?"""

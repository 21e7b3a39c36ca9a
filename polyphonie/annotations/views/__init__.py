"""What do visitors and rapporteurs see of a commented text?"""

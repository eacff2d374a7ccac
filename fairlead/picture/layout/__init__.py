"""Where does everything stand in a picture?"""

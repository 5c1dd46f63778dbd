"""From what a person gives (files, a folder, volumes of a scene) to a study that was looked at."""

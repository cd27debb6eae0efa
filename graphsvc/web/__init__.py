"""The web application; only this package and `graphsvc.editing` import Flask."""

FILES=artifacts=check_formats=export_all=None

"""The dashboard: one file is both the ASGI application and the page that it runs."""

from pathlib import Path

from streamlit.runtime.scriptrunner import get_script_run_ctx

if get_script_run_ctx(suppress_warning=True) is not None:
    from geo.ui import frame

    frame.draw(Path(__file__).with_name("pages"))
else:
    from streamlit import config
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.starlette import App

    from geo import server
    from geo.ui import reports, warm

    warm.start()
    # the pages are ours to name: else a first reader at /events gets Streamlit's own idea of
    # the folder `pages`, which runs the page without this file
    PagesManager.uses_pages_directory = False
    # a plain assignment, which `streamlit run` finds without running the file
    app = App(
        Path(__file__).resolve(),
        routes=server.app_routes(str(config.get_option("server.baseUrlPath") or "")),
        on_script_error=reports.on_script_error,
        exception_handlers={Exception: server.crashed},
    )

/* Colours, sizes of type and spaces: the one definition that page, map, chart and pictures share.
   What stands between the braces is JSON, which geo/palette.py reads as well. */
(window.tansiqParts = window.tansiqParts || {}).palette = {
  "light": {
    "ground": "#fbfaf7", "band": "#f1efe9", "paper": "#ffffff", "ink": "#1d2b36", "muted": "#5a6670",
    "rule": "#d9d5cb", "hover": "#eef1f2", "primary": "#00735c", "choice": "#d81b72", "link": "#0b5d8c",
    "warning": "#b93c08", "disputed": "#7a3fa0", "centre": "#1d2b36", "halo": "#ffffffe6",
    "outside": "#e4e7e6", "land": "#e9e8e3", "home": "#f6f4ee", "water": "#c3d6e0", "shore": "#9db8c6",
    "river": "#a4c0ce", "abroad": "#78787047", "inner": "#9a978e", "innerHalo": "#ffffff80",
    "national": "#6b6a66", "nationalHalo": "#ffffff8c", "names": "#625f57", "countries": "#6a675f",
    "areaFill": "#2838440e", "areaLine": "#2838446b", "softFill": "#ffffffd1",
    "density": ["#fdcd8b96", "#f08a42cd", "#c6481ae6", "#80181ef5", "#42082aff"],
    "relief": 0.5
  },
  "dark": {
    "ground": "#14191d", "band": "#1e252b", "paper": "#171c21", "ink": "#e8e6e0", "muted": "#a3adb5",
    "rule": "#39434b", "hover": "#262d34", "primary": "#2fc79f", "choice": "#ff5fa8", "link": "#7cc4f0",
    "warning": "#ff9147", "disputed": "#c79bea", "centre": "#ffffff", "halo": "#12161ae6",
    "outside": "#13171b", "land": "#1b2025", "home": "#262c32", "water": "#0e2230", "shore": "#28465a",
    "river": "#2a4c61", "abroad": "#aab4bc29", "inner": "#59636b", "innerHalo": "#0a0c0e80",
    "national": "#96a0a7", "nationalHalo": "#0a0c0e99", "names": "#9aa4ab", "countries": "#8b959d",
    "areaFill": "#e6f0f80f", "areaLine": "#e1ebf26b", "softFill": "#171c21d1",
    "density": ["#5c3418aa", "#a84e18d7", "#ec802ceb", "#ffbe60fa", "#fff4d0ff"],
    "relief": 0.42
  },
  "type": { "tiny": "0.75rem", "small": "0.8125rem", "body": "0.9375rem", "title": "1.15rem", "story": "1.4rem", "display": "1.875rem" },
  "space": { "1": "0.25rem", "1h": "0.375rem", "2": "0.5rem", "3": "0.75rem", "4": "1rem", "6": "1.5rem", "8": "2rem" },
  "font": "Plex, \"IBM Plex Sans Arabic\", system-ui, \"Segoe UI\", \"Noto Sans Arabic\", Tahoma, sans-serif"
};

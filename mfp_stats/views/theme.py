"""The look of the dashboard, light and dark, as Streamlit options; no font comes from elsewhere."""

from collections.abc import Mapping
from typing import Final

#: Group colours that stay apart under the common colour-vision deficiencies, on white.
ON_LIGHT: Final = ("#0f5c73", "#c8551b", "#6a4c93", "#2f7d4f", "#a8326e", "#7a6a1f", "#4a5a6a")
#: The same hues, lighter, for a dark ground.
ON_DARK: Final = ("#6cc3dc", "#f0955f", "#b79be0", "#74c795", "#ea86b6", "#d3c05d", "#a9b8c6")

_LIGHT: Final[Mapping[str, str | bool]] = {
    "primaryColor": "#0f5c73",
    "backgroundColor": "#ffffff",
    "secondaryBackgroundColor": "#f2f5f6",
    "textColor": "#1c272d",
    "linkColor": "#0f5c73",
    "borderColor": "#d5dde1",
}
_DARK: Final[Mapping[str, str | bool]] = {
    "primaryColor": "#6cc3dc",
    "backgroundColor": "#12191d",
    "secondaryBackgroundColor": "#1b252b",
    "textColor": "#e6edf0",
    "linkColor": "#6cc3dc",
    "borderColor": "#33424a",
}

#: Streamlit's ``theme.*`` options. The reader's system decides between light and dark.
THEME: Final[Mapping[str, str | bool | list[str] | list[int]]] = {
    **{f"theme.light.{name}": value for name, value in _LIGHT.items()},
    **{f"theme.dark.{name}": value for name, value in _DARK.items()},
    "theme.light.chartCategoricalColors": list(ON_LIGHT),
    "theme.dark.chartCategoricalColors": list(ON_DARK),
    "theme.baseRadius": "0.4rem",
    "theme.headingFontWeights": [650, 650, 600, 600, 600, 600],
    "theme.headingFontSizes": ["1.9rem", "1.45rem", "1.2rem", "1.05rem", "1rem", "1rem"],
    "theme.metricValueFontSize": "1.4rem",
    "theme.paddingTop": "3.5rem",
    "theme.showWidgetBorder": True,
}

#: On a phone the sidebar lies over the page. Streamlit closes it after a link of its own
#: navigation, but not after others, so the link closes it by the sidebar's own button.
CLOSE_SIDEBAR: Final = """
<script>
if (!document.documentElement.dataset.closesSidebar) {
  document.documentElement.dataset.closesSidebar = "yes";
  document.addEventListener("click", (event) => {
    const sidebar = document.querySelector('[data-testid="stSidebar"]');
    const link = event.target.closest('[data-testid="stPageLink-NavLink"]');
    if (!sidebar || !link || !sidebar.contains(link)) return;
    if (!window.matchMedia("(max-width: 768px)").matches) return;
    sidebar.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  });
}
</script>
"""

#: The layer of a chart whose words name concepts.
CONCEPTS: Final = "concepts"
#: What Streamlit's options do not reach: words in charts get the colour of the page's text.
STYLE: Final = f"""
[data-testid="stVegaLiteChart"] .{CONCEPTS}_marks text,
[data-testid="stVegaLiteChart"] .role-axis-label text,
[data-testid="stVegaLiteChart"] .role-axis-title text,
[data-testid="stVegaLiteChart"] .role-legend-label text {{ fill: currentColor; }}
[data-testid="stVegaLiteChart"] svg {{ background-color: transparent !important; }}
"""

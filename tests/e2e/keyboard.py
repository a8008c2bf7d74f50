"""A person at a keyboard, with the mouse put away."""

from playwright.sync_api import Locator, Page


def tab_to(tab: Page, target: Locator, most: int = 20) -> None:
    """Move by Tab until the element that is wanted has the focus."""
    for _ in range(most):
        tab.keyboard.press("Tab")
        if target.evaluate("element => element === (element.getRootNode() || document).activeElement"):
            return
    raise AssertionError(f"no Tab leads to {target}")


def press_until(tab: Page, role: str, name: str, most: int = 20) -> None:
    """Move by Tab until the element of that role and name has the focus."""
    tab_to(tab, tab.get_by_role(role, name=name), most)  # type: ignore[arg-type]


def enter(tab: Page) -> None:
    """Press Enter, and wait for the page that comes."""
    with tab.expect_navigation():
        tab.keyboard.press("Enter")

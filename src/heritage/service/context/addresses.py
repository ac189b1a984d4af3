"""Where alerts are told: which addresses may be, and the sender to them."""

from heritage.domain.alerts import ChannelKind
from heritage.domain.ports import WebhookSender
from heritage.settings import Settings


def check_channel_address(kind: ChannelKind, address: str) -> str:
    """The address, if something could be told there; see `heritage.channels`. Raises `InputError`."""
    from heritage.channels.mail import check_mailbox
    from heritage.channels.webhook import check_address

    return check_address(address) if kind is ChannelKind.WEBHOOK else check_mailbox(address)


def open_webhooks(settings: Settings) -> WebhookSender:
    from heritage.channels.webhook import Webhooks, read_networks
    from heritage.registries.checked_connection import CheckedConnection
    from heritage.registries.public_addresses import IpAddress, is_public, resolve

    networks = read_networks(settings.webhook_networks)

    def is_allowed(address: IpAddress) -> bool:
        return is_public(address) or any(address in one for one in networks)

    return Webhooks(is_allowed, resolve, CheckedConnection)

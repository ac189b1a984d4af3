"""What a context is: all that one running heritage works with."""

from dataclasses import dataclass

from heritage.domain.access import AT_THE_MACHINE, Viewer
from heritage.domain.calibration import Calibration
from heritage.domain.cohort import Cohort
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.descriptors import Specs
from heritage.domain.hits import Coverage
from heritage.domain.ports import (
    Adviser,
    Baseline,
    Correlator,
    Decoder,
    Embedder,
    Hasher,
    HashPairs,
    KeypointExtractor,
    MailSender,
    PictureFetcher,
    Proposer,
    Thumbnailer,
    Verifier,
    WebhookSender,
)
from heritage.service.context.stores import Stores
from heritage.service.duplicates import Duplicates
from heritage.service.following import Following
from heritage.service.indexing import Gallery


@dataclass(frozen=True, slots=True, eq=False)
class Context(Stores):
    """The open parts of one running heritage, under one model. A job takes `current` once and keeps to it."""

    webhooks: WebhookSender
    mailer: MailSender
    decode: Decoder
    fetch_picture: PictureFetcher
    thumbnail: Thumbnailer
    embedder: Embedder
    extractor: KeypointExtractor
    verifier: Verifier
    gallery: Gallery
    seen_gallery: Gallery  # of the photos that were searched
    propose: Proposer
    advise: Adviser
    correlate: Correlator
    hash_photo: Hasher
    hash_pairs: HashPairs
    duplicates: Duplicates
    calibration: Calibration
    cohort: Cohort
    baselines: tuple[Baseline, ...] = ()  # only an evaluation asks them
    following: "Following[Context] | None" = None  # none: this model stays
    slow_baselines: tuple[Baseline, ...] = ()  # only when asked for by name

    @property
    def specs(self) -> Specs:
        return Specs(self.embedder.spec, self.extractor.spec)

    def current(self) -> "Context":
        """This context, or the one of the model that the home has changed over to."""
        return self.following.current(self) if self.following else self

    def keep_model(self) -> None:
        """Make the model in use the home's choice, if it has none: a new default then leaves the home as it is."""
        if self.following:
            self.following.keep()

    def coverage(self, viewer: Viewer = AT_THE_MACHINE, criteria: Criteria = ANYTHING) -> Coverage:
        """What a search on behalf of ``viewer`` covers now."""
        return self.records.coverage(self.specs, viewer, criteria)

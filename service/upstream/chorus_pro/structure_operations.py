"""Every operation of Chorus Pro's directory of structures, each described once; none changes anything."""

from __future__ import annotations

from service.upstream.chorus_pro import structure_models as models
from service.upstream.chorus_pro.operations import UPSTREAM
from service.upstream.operation import AnswerT, Doubt, Operation, RequestT


def _read(
    name: str, path: str, request: type[RequestT], answer: type[AnswerT], api: str = "structures"
) -> Operation[RequestT, AnswerT]:
    return Operation(
        name=name,
        upstream=UPSTREAM,
        api=api,
        path=path,
        request=request,
        answer=answer,
        timeout=30.0,
        doubt=Doubt.REPEAT,
        is_read=True,
    )


SEARCH_STRUCTURES = _read("rechercherStructure", "/rechercher", models.StructureSearch, models.StructureRows)
SHOW_STRUCTURE = _read("consulterStructureAvecTVAIntraCom", "/consulter", models.StructureAsked, models.StructureShown)
SEARCH_SERVICES = _read("rechercherServicesStructure", "/rechercher/services", models.ServiceSearch, models.ServiceRows)
SHOW_SERVICE = _read("consulterServiceStructure", "/consulter/service", models.ServiceAsked, models.ServiceShown)
LIST_MEMBERSHIPS = _read(
    "listerRattachementsStructureUtilisateur",
    "/lister/rattachementsutilisateur",
    models.MembershipSearch,
    models.MembershipRows,
)
SEARCH_SPACES = _read("rechercherEspaces", "/rechercher/espaces", models.SpaceSearch, models.SpaceRows)
LIST_ATTACHMENTS = _read(
    "recupererRattachementsMonCompteUtilisateur",
    "/monCompte/recuperer/rattachements",
    models.AttachmentSearch,
    models.AttachmentRows,
    api="utilisateurs",
)

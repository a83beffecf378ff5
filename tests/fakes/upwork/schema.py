"""What can be asked: types, their fields, and the arguments of those that take any."""

from __future__ import annotations

import re
from typing import Any

# One line a type: Type: field[Type] field(argument:Input! ...)[Type]; a field without brackets is plain.
TYPES_TEXT = """
Query: organization[CurrentOrganization] contractList(ids:[ID!])[ContractList] contractByTerm(termId:ID!)[ContractDetails] accountingEntity[AccountingEntity] transactionHistory(transactionHistoryFilter:TransactionHistoryFilter!)[TransactionHistory] clientProposals(jobPostingId:ID! filter:ClientProposalFilter sortAttribute:ClientProposalSortAttribute pagination:Pagination)[ClientProposalsConnection]
CurrentOrganization: id rid legacyId name type legacyType active hidden creationDate jobPosting(jobPostingFilter:JobPostingsFilter!)[JobPostingConnection] clientOffers(offerByClientFilter:OfferByClientFilter pagination:Pagination)[ContractOfferConnection] clientContractTimeReport(timeReportDate_bt:DateTimeRange! pagination:Pagination)[TimeReportConnection]
PageInfo: endCursor hasNextPage
Money: rawValue currency displayValue
UserLocation: countryName cityName timezone
GenericUser: id nid rid name email location[UserLocation]
ContractUser: id rid name email address[UserLocation]
GenericOrganization: id rid name type active
AuditTime: createdDateTime modifiedDateTime
JobPostingConnection: totalCount edges[JobPostingEdge] pageInfo[PageInfo]
JobPostingEdge: cursor node[JobPosting]
JobPosting: id version info[JobPostingInfo] ownership[JobPostingOwnership] content[JobPostingContent] classification[JobPostingClassification] contractTerms[JobPostingContractTerms] additionalInfo[JobPostingAdditionalInfo] proposalsStatistics[ProposalsStatistics] customFields[JobPostingCustomFields]
JobPostingInfo: status auditTime[AuditTime] hidden keepOpenOnHire publishDateTime filledDateTime legacyCiphertext reasonId reasonName hourlyBudgetMin[Money] hourlyBudgetMax[Money] changedByUser[GenericUser]
JobPostingOwnership: user[GenericUser] team[GenericOrganization] company[GenericOrganization]
JobPostingContent: title description
JobPostingClassification: category[JobPostingCategory] subCategory[JobSubPostingCategory] skills[Skill] occupationId
JobPostingCategory: id name slug
JobSubPostingCategory: id name slug
Skill: id preferredLabel
JobPostingContractTerms: contractType contractStartDate contractEndDate personsToHire experienceLevel fixedPriceContractTerms[FixedPriceContractTerms]
FixedPriceContractTerms: amount[Money] maxAmount[Money]
JobPostingAdditionalInfo: invitePost directHire lastBuyerActivity
ProposalsStatistics: totalProposals totalMessaged totalShortlisted totalInvitesSent totalOffered totalHired totalDeclined totalWithdrawn totalArchived
JobPostingCustomFields: responseId id displayValue value
ContractOfferConnection: totalCount edges[ContractOfferEdge] pageInfo[PageInfo]
ContractOfferEdge: cursor node[ContractOfferResult]
ContractOfferResult: id title type state company[GenericOrganization] team[GenericOrganization] contactPerson[GenericUser] freelancer[GenericUser] agency[GenericOrganization] offerCreatedDateTime lastPublishedDateTime lastUpdatedDateTime startDateTime endDateTime milestoneState escrowRefundStatus offer[Offer] contractDetails[ContractDetails]
Offer: id title job[MarketplaceJobPosting]
MarketplaceJobPosting: id
ContractList: contracts[ContractDetails]
ContractDetails: id title status closingReason[ClosingReason] kind deliveryModel createDate modifyDate startDate endDate offerId offer[Offer] job[JobPosting] freelancer[ContractUser] clientTeam[GenericOrganization] hiringManager[ContractUser] supervisor[ContractUser] hourlyLimits[HourlyLimit] terms[ContractTerms]
ClosingReason: id reason apiRef
HourlyLimit: id weeklyLimit startDate endDate
ContractTerms: hourlyTerms[HourlyContractTerm] fixedPriceTerms[FixedPriceContractTerm] stipendTerms[StipendContractTerm]
HourlyContractTerm: id hourlyRate[Money] startDate endDate
FixedPriceContractTerm: id fixedAmount[Money] fpCharge[Money] startDate endDate milestones[Milestone]
StipendContractTerm: id stipendAmount[Money] minGuaranteedHours startDate endDate
Milestone: id sequenceId state dueDateTime lastSubmissionCreatedTime paid[Money] fundedAmount[Money] currentEscrowAmount[Money] submissionCount createdDateTime modifiedDateTime
AccountingEntity: id
TransactionHistory: transactionDetail[TransactionHistoryDetail]
TransactionHistoryDetail: transactionHistoryRow[TransactionHistoryRow]
TransactionHistoryRow: rowNumber recordId type accountingSubtype transactionCreationDate fullyPaidDate transactionAmount[Money] amountSentInOrigCurrency[Money] payment[Money] paymentStatus paymentGuaranteed relatedAssignment relatedTransactionId relatedInvoiceId relatedAccountingEntity purchaseOrderNumber description descriptionUI assignmentDeveloperName assignmentAgencyName assignmentCompanyName assignmentTeamId assignmentTeamCompanyId assignmentTeamUserId
TimeReportConnection: totalCount edges[TimeReportEdge] pageInfo[PageInfo]
TimeReportEdge: cursor node[TimeReport]
TimeReport: dateWorkedOn weekWorkedOn monthWorkedOn yearWorkedOn totalHoursWorked totalCharges totalOnlineHoursWorked totalOfflineHoursWorked task memo freelancer[GenericUser] team[GenericOrganization] contract[ContractDetails] termId
ClientProposalsConnection: totalCount edges[ClientProposalsEdge] pageInfo[PageInfo]
ClientProposalsEdge: cursor node[ClientProposal]
ClientProposal: id user[GenericUser] terms[ProposalTerms] auditDetails[ProposalAuditDetails] status[ClientProposalStatus]
ProposalTerms: chargeRate[Money]
ProposalAuditDetails: createdDateTime modifiedDateTime
ClientProposalStatus: status reason
"""

INPUTS = {
    "JobPostingsFilter": "pagination_eq:Pagination title_eq postByTeamIds_any postByPersonIds_any statusAndAccess_any excludePostByPersonIds_any categoryGroupIds_any contractType_eq createdDateTimeFrom_eq createdDateTimeTo_eq",
    "Pagination": "first after",
    "OfferByClientFilter": "commonFilter teamId_any contactPersonId_any freelancerId_any offerType_any milestoneState_any escrowRefundStatus_any agreementKind_any",
    "TransactionHistoryFilter": "aceIds_any! transactionDateTime_bt:DateTimeRange! trxSubtypes_any developerIds_any agencyCompanyIds_any",
    "DateTimeRange": "rangeStart rangeEnd",
}

_FIELD = re.compile(r"(\w+)(?:\(([^)]*)\))?(?:\[(\w+)\])?")


def _types() -> dict[str, dict[str, tuple[str, dict[str, str]]]]:
    found = {}
    for line in TYPES_TEXT.strip().splitlines():
        name, _, rest = line.partition(": ")
        found[name] = {
            field: (inner or "", dict(one.split(":", 1) for one in arguments.split()) if arguments else {})
            for field, arguments, inner in _FIELD.findall(rest)
        }
    return found


TYPES = _types()
"""Type -> field -> (type of what it holds or "", argument -> input type)."""


def wrong_input(type_name: str, value: Any) -> str:
    """What is wrong with the value of an input, or nothing."""
    plain = type_name.rstrip("!")
    if value is None:
        return f"{type_name} must not be null" if type_name.endswith("!") else ""
    if plain not in INPUTS:
        return ""
    if not isinstance(value, dict):
        return f"{plain} must be an object"
    declared = {one.split(":")[0].rstrip("!"): one for one in INPUTS[plain].split()}
    for name in value:
        if name not in declared:
            return f"Field {name!r} is not defined by type {plain!r}"
    for name, said in declared.items():
        inner = said.partition(":")[2] or ("!" if said.endswith("!") else "")
        if wrong := wrong_input(inner, value.get(name)):
            return f"{name}: {wrong}"
    return ""

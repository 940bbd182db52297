using System.ComponentModel;
using Bpc.Core;
using Microsoft.AspNetCore.Mvc;

namespace Bpc.Gateway.Queries;

/// <summary>Which facts; what is absent does not narrow.</summary>
internal sealed record FactFilter(
    [property: FromQuery(Name = "document_version_id"), Description("Facts of this version.")] Guid? DocumentVersionId,
    [property: FromQuery(Name = "fact_type"), Description("Such as Battery.")] string? FactType,
    [property: FromQuery(Name = "fact_key_prefix"), Description("Such as component:SKU-123:.")] string? FactKeyPrefix);

/// <summary>Which battery products; what is absent does not narrow.</summary>
internal sealed record ProductFilter(
    [property: FromQuery(Name = "sku"), Description("The one with this SKU.")] string? Sku);

/// <summary>Which passports; what is absent does not narrow.</summary>
internal sealed record PassportFilter(
    [property: FromQuery(Name = "sku"), Description("Those of one battery product.")] string? Sku,
    [property: FromQuery(Name = "serial_number"), Description("That of one battery; sku is wanted too.")]
    string? SerialNumber)
{
    public static readonly PassportFilter All = new(null, null);

    /// <summary>VALIDATION_ERROR for a serial number alone: it is unique within a product, and only so found.</summary>
    public void Check()
    {
        if (SerialNumber is not null && Sku is null)
        {
            throw new BpcException(
                BpcError.Validation, "a serial number is one of a product",
                [new("serial_number", "send the sku beside it")]);
        }
    }
}

/// <summary>Which jobs; what is absent does not narrow.</summary>
internal sealed record JobListFilter(
    [property: FromQuery(Name = "type"), Description("Such as PARSE_FACTS.")] string? Type,
    [property: FromQuery(Name = "status"), Description("Such as DEAD_LETTER.")] string? Status,
    [property: FromQuery(Name = "error_code"), Description("The code of last_error.")] string? ErrorCode,
    [property: FromQuery(Name = "correlation_id"), Description("All jobs of one call.")] string? CorrelationId)
{
    private static readonly string[] s_statuses =
        ["QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "DEAD_LETTER", "CANCELLED"];

    /// <summary>VALIDATION_ERROR for a status there is none of: an empty list would look like good news.</summary>
    public void Check()
    {
        if (Status is not null && !s_statuses.Contains(Status))
        {
            throw new BpcException(
                BpcError.Validation, "there is no such status of a job",
                [new("status", $"one of {string.Join(", ", s_statuses)} is wanted")]);
        }
    }
}

/// <summary>Which webhook deliveries; what is absent does not narrow.</summary>
internal sealed record DeliveryFilter(
    [property: FromQuery(Name = "status"), Description("PENDING, DELIVERED or FAILED.")] string? Status,
    [property: FromQuery(Name = "webhook_endpoint_id"), Description("Those to one endpoint.")] Guid? EndpointId,
    [property: FromQuery(Name = "event_type"), Description("Such as passport_version.activated.")] string? EventType);

/// <summary>Which events; what is absent does not narrow.</summary>
internal sealed record EventFilter(
    [property: FromQuery(Name = "aggregate_type"), Description("Such as passport_version.")] string? AggregateType,
    [property: FromQuery(Name = "aggregate_id"), Description("The thing the events are about.")] Guid? AggregateId,
    [property: FromQuery(Name = "event_type"), Description("Such as passport_version.signed.")] string? EventType,
    [property: FromQuery(Name = "actor_id"), Description("Who did it, such as api_key:0198….")] string? ActorId,
    [property: FromQuery(Name = "since"), Description("Events from this time on.")] DateTimeOffset? Since,
    [property: FromQuery(Name = "until"), Description("Events before this time.")] DateTimeOffset? Until);

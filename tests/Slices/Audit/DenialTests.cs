using Bpc.GrainInterfaces.Audit;
using Bpc.Tests.Database;

namespace Bpc.Tests.Slices.Audit;

[Trait("Category", "Integration")]
public sealed class DenialTests(PostgresServer postgres)
{
    [Fact]
    public async Task Every_denial_is_an_event_in_the_chain_of_its_caller()
    {
        await using var silo = await TestSilo.StartAsync(postgres);
        var key = Guid.CreateVersion7();
        var call = silo.Call("same-key", "same-request") with { ActorId = $"api_key:{key}" };
        var denial = new Denial(
            "POST", "/v1/passport-versions/1/revoke", "FORBIDDEN", "passport:revoke", "Auditor lacks it");

        await silo.Grains.GetGrain<IAuditGrain>(silo.Tenant).DeniedAsync(call, denial);
        await silo.Grains.GetGrain<IAuditGrain>(silo.Tenant).DeniedAsync(call, denial);

        Assert.Equal(2, await silo.CountAsync(
            "events WHERE event_type = 'access.denied' AND aggregate_id = $1 AND actor_id = $2", key, $"api_key:{key}"));
        Assert.Equal(
            """
            {"code":"FORBIDDEN","correlation_id":"correlation","method":"POST",
            "path":"/v1/passport-versions/1/revoke","permission":"passport:revoke","reason":"Auditor lacks it"}
            """.ReplaceLineEndings(""),
            await silo.Database.ScalarAsync<string>("SELECT payload FROM events WHERE aggregate_version = 2"));
    }
}

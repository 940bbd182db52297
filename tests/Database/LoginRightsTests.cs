using Bpc.Core;
using Bpc.Core.Settings;
using Bpc.Grains.Storage;
using Npgsql;

namespace Bpc.Tests.Database;

/// <summary>A login as managed databases give them: it owns its database and may do little else.</summary>
[Trait("Category", "Integration")]
public sealed class LoginRightsTests(PostgresServer postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_that_may_not_create_roles_is_told_what_to_run_and_then_migrates()
    {
        var settings = await postgres.NameDatabaseAsync();
        await using var admin = NpgsqlDataSource.Create((settings with { Name = "postgres" }).ToConnectionString());
        var login = $"login_{Guid.NewGuid():n}";
        try
        {
            await RunAsync(admin, $"CREATE ROLE {login} LOGIN PASSWORD 'p'");
            await RunAsync(admin, $"CREATE DATABASE {settings.Name} OWNER {login}");
            settings = settings with { User = login, Password = "p", PoolSize = 2 };

            var refused = await Assert.ThrowsAsync<BpcException>(
                () => Migrator.ApplyAsync(settings.ToConnectionString(), Ct));
            var grant = $"GRANT bpc_owner, bpc_worker, bpc_gateway TO {login}";
            Assert.Contains(grant, refused.Message);

            await RunAsync(admin, grant);
            Assert.Contains("090", await Migrator.ApplyAsync(settings.ToConnectionString(), Ct));
            Assert.Empty(await Migrator.ApplyAsync(settings.ToConnectionString(), Ct));
            await ShowsAllToTheLoginAndNothingToTheGatewayAsync(settings);
        }
        finally
        {
            await postgres.DropAsync(settings.Name);
            await RunAsync(admin, $"DROP ROLE IF EXISTS {login}");
        }
    }

    [Fact]
    public async Task What_a_restored_dump_gave_to_the_login_is_the_owner_s_again_after_a_migration()
    {
        var settings = await postgres.NameDatabaseAsync();
        await using var admin = NpgsqlDataSource.Create((settings with { Name = "postgres" }).ToConnectionString());
        var login = $"login_{Guid.NewGuid():n}";
        try
        {
            await Migrator.ApplyAsync(settings.ToConnectionString(), Ct);
            await RunAsync(admin, $"CREATE ROLE {login} LOGIN PASSWORD 'p'");
            await RunAsync(admin, $"GRANT bpc_owner, bpc_worker, bpc_gateway TO {login}");
            await using (var restored = NpgsqlDataSource.Create(settings.ToConnectionString() + ";Pooling=false"))
            {
                await RunAsync(restored, $"REASSIGN OWNED BY bpc_owner TO {login}"); // pg_restore --no-owner
                await RunAsync(restored, """
                    ALTER TABLE jobs DROP CONSTRAINT jobs_times_are_from_2000_to_9998;
                    DELETE FROM schema_migrations WHERE version = '043'
                    """);
            }

            settings = settings with { User = login, Password = "p", PoolSize = 2 };
            Assert.Equal(["043"], await Migrator.ApplyAsync(settings.ToConnectionString(), Ct));

            await using var source = NpgsqlDataSource.Create(settings.ToConnectionString());
            await using var others = source.CreateCommand("""
                SELECT count(*) FROM pg_class
                 WHERE relnamespace = 'public'::regnamespace AND relowner <> 'bpc_owner'::regrole
                """);
            Assert.Equal(0L, await others.ExecuteScalarAsync(Ct));
        }
        finally
        {
            await postgres.DropAsync(settings.Name);
            await RunAsync(admin, $"DROP ROLE IF EXISTS {login}");
        }
    }

    // The quickstart's operator types plain SQL under the installation's login and sees every tenant's jobs.
    private static async Task ShowsAllToTheLoginAndNothingToTheGatewayAsync(DatabaseSettings settings)
    {
        await using var operators = NpgsqlDataSource.Create(settings.ToConnectionString());
        await RunAsync(operators, "INSERT INTO tenants (tenant_id, slug) VALUES (gen_random_uuid(), 'acme')");
        await RunAsync(operators, "INSERT INTO jobs (tenant_id, type) SELECT tenant_id, 'PARSE_FACTS' FROM tenants");
        await using var worker = NpgsqlDataSource.Create(settings.ToConnectionString(DatabaseRole.Worker));
        await using var gateway = NpgsqlDataSource.Create(settings.ToConnectionString(DatabaseRole.Gateway));

        Assert.Equal(1L, await CountJobsAsync(operators));
        Assert.Equal(1L, await CountJobsAsync(worker));
        Assert.Equal(0L, await CountJobsAsync(gateway));
    }

    private static async Task<object?> CountJobsAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT count(*) FROM jobs");
        return await command.ExecuteScalarAsync(Ct);
    }

    private static async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Ct);
    }
}

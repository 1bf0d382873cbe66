using System.CommandLine;
using System.Text;
using Passwindow.Journal;
using Passwindow.Journal.Tools;
using Passwindow.Protocol;

namespace Passwindow.Server;

/// <summary>
/// <c>passwindow journal</c>: what an operator does with a journal's folder that no server holds. Nothing here changes the folder. The exit
/// code is 0; 1 if something is damaged or could not be done.
/// </summary>
internal static class JournalCommand
{
    public static Command Create()
    {
        var command = new Command("journal", "Checks, shows, exports and repairs a journal's folder. Stop the server that holds it first.");
        command.Subcommands.Add(Verify());
        command.Subcommands.Add(Show());
        command.Subcommands.Add(Export());
        command.Subcommands.Add(Repair());
        return command;
    }

    private static Command Verify()
    {
        var folder = Folder();
        var command = new Command("verify", "Reads everything and names every damage with file and offset.") { folder };
        command.SetAction(parsed => With(parsed, folder, journal => JournalVerification.Run(journal, Output(parsed)) ? 0 : 1));
        return command;
    }

    private static Command Show()
    {
        var folder = Folder();
        var conversation = new Argument<string>("CONVERSATION") { Description = "The id of the conversation." };
        var tenant = Tenant();
        var command = new Command("show", "Prints a conversation as text.") { folder, conversation, tenant };
        command.SetAction(parsed => With(parsed, folder, journal =>
        {
            var found = Find(journal, parsed.GetRequiredValue(conversation), parsed.GetValue(tenant)!);
            JournalExport.WriteMarkdown(found, Output(parsed));
            return Warn(parsed, found);
        }));
        return command;
    }

    private static Command Export()
    {
        var folder = Folder();
        var conversation = new Argument<string?>("CONVERSATION") { Description = "The id of the conversation; all of the folder if it is left out.", Arity = ArgumentArity.ZeroOrOne };
        var tenant = Tenant();
        var format = new Option<string>("--format") { Description = "jsonl or markdown.", DefaultValueFactory = static _ => "jsonl" };
        format.AcceptOnlyFromAmong("jsonl", "markdown");
        var output = new Option<string?>("--output") { Description = "The file to write, which must not exist; standard output if it is left out." };
        var command = new Command("export", "Writes conversations as JSON lines or Markdown.") { folder, conversation, tenant, format, output };
        command.SetAction(parsed => With(parsed, folder, journal =>
        {
            string tenantName = parsed.GetValue(tenant)!;
            IEnumerable<SalvagedConversation> found = parsed.GetValue(conversation) is { } name
                ? [Find(journal, name, tenantName)]
                : journal.Keys.Select(key => journal.Read(key)!);
            using var target = parsed.GetValue(output) is { } path ? new FileStream(path, FileMode.CreateNew) : Console.OpenStandardOutput();
            using var text = new StreamWriter(target, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            int code = 0;
            foreach (var each in found)
            {
                if (parsed.GetValue(format) == "markdown")
                    JournalExport.WriteMarkdown(each, text);
                else
                    JournalExport.WriteJsonLines(each, target);
                text.Flush();
                code |= Warn(parsed, each);
            }

            return code;
        }));
        return command;
    }

    private static Command Repair()
    {
        var folder = Folder();
        var output = new Option<string>("--output") { Description = "The folder to write, which must not exist or be empty.", Required = true };
        var command = new Command("repair", "Writes what is whole to a new folder, and says what is not.") { folder, output };
        command.SetAction(parsed => With(parsed, folder, journal =>
        {
            JournalRepair.Run(journal, parsed.GetRequiredValue(output), Output(parsed));
            return 0;
        }));
        return command;
    }

    private static Argument<string> Folder() => new("FOLDER") { Description = "The journal's folder (Passwindow:Journal)." };

    private static Option<string> Tenant() => new("--tenant") { Description = "Whose it is.", DefaultValueFactory = static _ => TenantId.Default.Value };

    private static TextWriter Output(ParseResult parsed) => parsed.InvocationConfiguration.Output;

    private static SalvagedConversation Find(JournalFolder journal, string conversation, string tenant)
    {
        if (!ConversationId.TryParse(conversation, out var id) || !TenantId.TryParse(tenant, out var of))
            throw new IOException("An id is 1 to 64 characters of A-Z a-z 0-9 _ -.");
        return journal.Read(new ConversationKey(of, id)) ?? throw new IOException($"Tenant {tenant} has no conversation {conversation} in {journal.Folder}.");
    }

    private static int Warn(ParseResult parsed, SalvagedConversation conversation)
    {
        var damages = conversation.Findings.Where(static finding => finding.IsDamage).ToList();
        foreach (var damage in damages)
            parsed.InvocationConfiguration.Error.WriteLine(damage.ToString());
        return damages.Count == 0 ? 0 : 1;
    }

    private static int With(ParseResult parsed, Argument<string> folder, Func<JournalFolder, int> run)
    {
        try
        {
            using var journal = JournalFolder.Open(parsed.GetRequiredValue(folder));
            return run(journal);
        }
        catch (Exception e) when (e is JournalUnavailableException or JournalDamagedException or IOException or UnauthorizedAccessException)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"passwindow: {e.Message}");
            return 1;
        }
    }
}
